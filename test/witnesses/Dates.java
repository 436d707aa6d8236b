import java.time.*;
import java.time.format.*;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneRules;
import java.util.*;

/** Prints dates as java.time writes and reads them: from, to, zone read, zone written, locale, text, and the answer or INVALID. */
public class Dates {
  static final Random random = new Random(20261126);
  static final String[] ZONES = {
    "Europe/Berlin", "America/New_York", "Europe/London", "Europe/Dublin", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata",
    "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "America/Havana", "Europe/Moscow", "Africa/Cairo", "UTC"
  };
  static final String[] FROM = {
    "M/d/yyyy", "yyyy-MM-dd", "d.M.yyyy H:mm", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyy-MM-dd'T'HH:mm:ssX", "yyyyMMddHHmmssZ",
    "EEE, dd MMM yyyy HH:mm:ss Z", "EEEE, d MMMM yyyy", "MMM d, yyyy h:mm a", "dd-MMM-yyyy hh:mm:ss a", "yyyy-MM-dd HH:mm:ssxxx",
    "yyyy-MM-dd HH:mm:ss.SSSSSSSSSX", "yyyy-MM-dd'T'HH:mm:ssXXX'['VV']'", "dd/MM/yy"
  };
  static final String[] TO = {
    "yyyy-MM-dd", "d.M.yy", "yyyy-MM-dd'T'HH:mm:ss.SSS", "EEE, d MMM yyyy h:mm:ss a", "EEEE, MMMM d, yyyy", "yyyyMMddHHmmss"
  };
  static final String[] TO_WITH_OFFSET = {"yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd HH:mm:ssX", "yyyyMMddHHmmZ", "d.M.yyyy H:mm x"};

  public static void main(String[] arguments) {
    for (int done = 0; done < 6000; done++) {
      String from = FROM[random.nextInt(FROM.length)];
      boolean hasOffset = from.matches(".*[XxZ].*");
      int kind = random.nextInt(4);
      String read = kind == 0 ? "" : ZONES[random.nextInt(ZONES.length)];
      String write = kind < 2 ? "" : ZONES[random.nextInt(ZONES.length)];
      boolean mayWriteOffset = hasOffset || !read.isEmpty();
      String to = mayWriteOffset && random.nextBoolean() ? pick(TO_WITH_OFFSET) : pick(TO);
      line(from, to, read, write, text(from, hasOffset));
    }
  }

  static String pick(String[] of) {
    return of[random.nextInt(of.length)];
  }

  /** A text that fits the pattern; one of four times with a number that no calendar or clock has. */
  static String text(String from, boolean hasOffset) {
    int first = from.contains("yy") && !from.contains("yyyy") ? 2000 : 1920;
    LocalDateTime local = LocalDateTime.of(first + random.nextInt(99), 1, 1, 0, 0)
        .plusSeconds((long) random.nextInt(365) * 86400 + random.nextInt(86400)).plusNanos(random.nextInt(1000) * 1000000L);
    ZoneId zone = from.contains("VV") ? ZoneId.of(pick(ZONES)) : ZoneOffset.ofTotalSeconds((random.nextInt(49) - 24) * 1800);
    String text = formatter(from).format(ZonedDateTime.of(local, zone));
    if (random.nextInt(4) > 0) return text;
    String[] wrong = {"00", "13", "32", "31", "30", "29", "24", "60", "99"};
    List<int[]> pairs = new ArrayList<>();
    for (int at = 0; at + 2 <= text.length(); at++) {
      boolean isPair = Character.isDigit(text.charAt(at)) && Character.isDigit(text.charAt(at + 1));
      boolean begins = at == 0 || !Character.isDigit(text.charAt(at - 1));
      boolean ends = at + 2 == text.length() || !Character.isDigit(text.charAt(at + 2));
      if (isPair && begins && ends) pairs.add(new int[] {at});
    }
    if (pairs.isEmpty()) return text;
    int at = pairs.get(random.nextInt(pairs.size()))[0];
    return text.substring(0, at) + pick(wrong) + text.substring(at + 2);
  }

  static DateTimeFormatter formatter(String pattern) {
    // In strict reading, u is the year and y the year of an era.
    String strict = pattern.replace('y', 'u');
    return DateTimeFormatter.ofPattern(strict, Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  static void line(String from, String to, String read, String write, String text) {
    System.out.println(String.join("\t", from, to, read, write, text, answer(from, to, read, write, text)));
  }

  static String answer(String from, String to, String read, String write, String text) {
    try {
      var parsed = formatter(from).parse(text);
      LocalDate date = LocalDate.from(parsed);
      LocalTime time = parsed.isSupported(ChronoField.HOUR_OF_DAY) ? LocalTime.from(parsed) : LocalTime.MIDNIGHT;
      LocalDateTime local = LocalDateTime.of(date, time);
      ZoneOffset offset = parsed.isSupported(ChronoField.OFFSET_SECONDS) ? ZoneOffset.from(parsed) : null;
      ZoneId zone = offset == null ? (read.isEmpty() ? null : ZoneId.of(read)) : offset;
      if (from.contains("VV")) {
        zone = parsed.query(java.time.temporal.TemporalQueries.zoneId());
        // Java takes the offset where it contradicts; we don't.
        if (!zone.getRules().isValidOffset(local, offset)) return "INVALID";
        zone = offset;
      }
      if (zone == null) return formatter(to).format(local);
      List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
      if (offsets.isEmpty()) return "INVALID";
      ZonedDateTime moment = ZonedDateTime.ofLocal(local, zone, offsets.get(0));
      return formatter(to).format(write.isEmpty() ? moment : moment.withZoneSameInstant(ZoneId.of(write)));
    } catch (DateTimeException e) {
      return "INVALID";
    }
  }
}
