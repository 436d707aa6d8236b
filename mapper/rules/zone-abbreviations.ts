/**
 * What abbreviations of time zones mean, in hours to the east of UTC. Source: RFC 822 for those of North America; for the others
 * the time zone database of IANA, where an abbreviation is used in one place, or by far the most in one.
 */
const HOURS: Readonly<Record<string, number>> = {
  UTC: 0,
  UT: 0,
  GMT: 0,
  Z: 0,
  // America.
  NST: -3.5,
  NDT: -2.5,
  AST: -4,
  ADT: -3,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  AKST: -9,
  AKDT: -8,
  HST: -10,
  HDT: -9,
  BRT: -3,
  ART: -3,
  // Europe and Africa.
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  MEZ: 1,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  TRT: 3,
  WAT: 1,
  CAT: 2,
  EAT: 3,
  SAST: 2,
  // Asia and the Pacific.
  PKT: 5,
  IST: 5.5,
  WIB: 7,
  WITA: 8,
  WIT: 9,
  HKT: 8,
  SGT: 8,
  JST: 9,
  KST: 9,
  AWST: 8,
  ACST: 9.5,
  ACDT: 10.5,
  AEST: 10,
  AEDT: 11,
  NZST: 12,
  NZDT: 13,
  SST: -11,
};

/** Seconds to the east of UTC; null for an abbreviation that is not known. Letters in any case. */
export function offsetOfAbbreviation(text: string): number | null {
  const hours = HOURS[text.toUpperCase()];
  return hours === undefined ? null : hours * 3600;
}
