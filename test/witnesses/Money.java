import java.math.*;
import java.text.*;
import java.util.*;

/** Prints amounts as java.text writes them in locales: locale, currency or number or percent, places, mode, text, answer. */
public class Money {
  static final String[] LOCALES = {
    "en", "de", "fr", "es", "it", "nl", "pl", "cs", "sv", "nb", "da", "fi", "hu", "pt", "pt-PT", "ru", "uk", "tr", "ja", "zh", "ko", "en-IN",
    "hi", "de-AT", "de-CH", "en-GB", "he", "id", "vi", "ro", "el", "bg", "ar-EG", "fa", "bn", "mr", "th"
  };

  public static void main(String[] arguments) {
    Random random = new Random(20261126);
    for (String tag : LOCALES) {
      Locale locale = Locale.forLanguageTag(tag);
      for (int done = 0; done < 60; done++) {
        BigDecimal value = new BigDecimal(new BigInteger(5 + random.nextInt(50), random), random.nextInt(6));
        if (random.nextBoolean()) value = value.negate();
        String kind = new String[] {"number", "currency", "percent"}[done % 3];
        NumberFormat format = kind.equals("number") ? NumberFormat.getInstance(locale)
            : kind.equals("currency") ? NumberFormat.getCurrencyInstance(locale) : NumberFormat.getPercentInstance(locale);
        if (kind.equals("currency") && Currency.getInstance("USD") != null && locale.getCountry().isEmpty()) {
          format.setCurrency(Currency.getInstance(random.nextBoolean() ? "EUR" : "USD"));
        }
        format.setMaximumFractionDigits(10);
        format.setMinimumFractionDigits(random.nextInt(3));
        int places = random.nextInt(5);
        RoundingMode mode = RoundingMode.values()[random.nextInt(7)];
        String answer = value.setScale(places, mode).toPlainString();
        System.out.println(String.join("\t", tag, kind, String.valueOf(places), mode.name(), format.format(value), answer));
      }
    }
  }
}
