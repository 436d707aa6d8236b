import type { Message } from './message.js';

/** Bytes of an encoded word: it may have 75 characters (RFC 2047). */
const WORD_BYTES = 39;

/** A message as a mail, headers and all (RFC 5322), for `sendmail`. */
export function formatMail(
  { subject, text, job, event }: Message,
  to: readonly string[],
  from: string | null,
): string {
  return [
    ...(from === null ? [] : [`From: ${from}`]),
    `To: ${to.join(', ')}`,
    `Subject: ${encodeHeader(subject)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    // No holiday answer comes back.
    'Auto-Submitted: auto-generated',
    `X-Hadoop-Elt: job=${encodeHeader(job)}; event=${event}`,
    '',
    ...(Buffer.from(`${text}\n`)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '',
  ].join('\n');
}

/** Text → the value of a header, in encoded words where it is not plain ASCII. A line break can't start another header. */
function encodeHeader(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ').trim();
  if (/^[\x20-\x7e]{0,900}$/.test(oneLine)) return oneLine;
  const words: string[] = [];
  let word = '';
  for (const char of oneLine) {
    if (Buffer.byteLength(word + char) > WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += char;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\n ');
}
