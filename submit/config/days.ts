/** What `parseDay` accepts, for messages. */
export const DAY_FORM = 'a day such as 2026-11-25, today or yesterday';

const DAY_MS = 86_400_000;

/** `2026-11-25`, or a word for a day before `today` → `2026-11-25`; undefined if it is no day of the calendar. */
export function parseDay(text: string, today: string): string | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'today') return today;
  if (word === 'yesterday') return daysAfter(today, -1);
  const day = text.trim();
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) || dayOf(ms) !== day ? undefined : day;
}

/** The months, January first. */
export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** What is accepted in place of a text that is no day; why, where it looks like one. */
export function acceptedDays(text: string): string {
  return `${DAY_FORM}${whyNoDay(text)}`;
}

/** Why a text that looks like a day is none: `; November has 30 days`. Empty if it does not look like one, or is one. */
export function whyNoDay(text: string): string {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text.trim()) ?? [];
  if (year === '') return '';
  const name = MONTHS[Number(month) - 1];
  if (name === undefined) return `; there is no month ${month}`;
  if (day === '00') return '; there is no day 00';
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= days ? '' : `; ${name}${month === '02' ? ` ${year}` : ''} has ${days} days`;
}

/** The day so many days after another one. */
export function daysAfter(day: string, count: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS);
}

/** The days from one to another, both included; none if the second is before the first. */
export function daysBetween(from: string, to: string): readonly string[] {
  const first = Date.parse(`${from}T00:00:00Z`);
  const last = Date.parse(`${to}T00:00:00Z`);
  const days: string[] = [];
  for (let ms = first; ms <= last; ms += DAY_MS) days.push(dayOf(ms));
  return days;
}

/** The day of a moment by the clock of this machine, in its zone. */
export function localDayAt(ms: number): string {
  const date = new Date(ms);
  return dayOf(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
