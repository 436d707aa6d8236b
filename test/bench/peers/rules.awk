# The job of a bench case in awk, without support for quotes. Variables upper, date, round: 1-based columns, "7,9".
BEGIN {
  FS = OFS = ","
  uppers = split(upper, U, ",")
  dates = split(date, D, ",")
  rounds = split(round, R, ",")
  split("31,29,31,30,31,30,31,31,30,31,30,31", DAYS, ",")
}
{ sub(/\r$/, "") }
NR == 1 { print; next }
{
  for (i = 1; i <= uppers; i++) $U[i] = toupper($U[i])
  for (i = 1; i <= dates; i++) $D[i] = iso($D[i])
  for (i = 1; i <= rounds; i++) $R[i] = whole($R[i])
  print
}
function iso(text,   P, leap) {
  if (text !~ /^[0-9][0-9]?\/[0-9][0-9]?\/[0-9][0-9][0-9][0-9]$/) return "Invalid-Date"
  split(text, P, "/")
  leap = P[3] % 4 == 0 && (P[3] % 100 != 0 || P[3] % 400 == 0)
  if (P[1] < 1 || P[1] > 12 || P[2] < 1 || P[2] > DAYS[P[1] + 0] || P[3] < 1) return "Invalid-Date"
  if (P[1] == 2 && P[2] == 29 && !leap) return "Invalid-Date"
  return sprintf("%04d-%02d-%02d", P[3], P[1], P[2])
}
function whole(text,   value) {
  if (text !~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$/) return "Invalid-Number"
  value = sprintf("%.0f", text)
  return value == "-0" ? "0" : value
}
