import { describe, expect, it } from 'vitest';
import { formatMail } from '../../../../submit/messages/mail.js';
import type { Message } from '../../../../submit/messages/message.js';
import { fillTemplate } from '../../../../submit/messages/template.js';

const MESSAGE: Message = {
  event: 'failure',
  job: 'sales',
  runId: null,
  exitCode: 6,
  subject: 'sales failed',
  text: 'line 1\n"line 2"',
  cause: 'because',
  remedy: '',
  log: '/log',
  host: 'h',
  time: '2026-01-01T00:00:00.000Z',
};

describe('a template of JSON', () => {
  it('has its placeholders filled wherever a text is, and other braces stay', () => {
    const template = {
      text: '{subject}: {text}',
      list: ['{exitCode}', 7, null],
      deep: { of: '{none} {runId}{}' },
    };
    expect(fillTemplate(template, MESSAGE)).toEqual({
      text: 'sales failed: line 1\n"line 2"',
      list: ['6', 7, null],
      deep: { of: '{none} {}' },
    });
  });

  it('is filled once: a text that looks like a placeholder is none', () => {
    expect(fillTemplate('{cause}', { ...MESSAGE, cause: '{log}' })).toBe('{log}');
  });
});

describe('a mail', () => {
  it('has headers that a text can not add to, and its text in base64', () => {
    const mail = formatMail(
      { ...MESSAGE, subject: 'a\nBcc: x@y' },
      ['one@example.org', 'root'],
      'me@example.org',
    );
    const [head = '', body = ''] = mail.split('\n\n');
    expect(head.split('\n').slice(0, 3)).toEqual([
      'From: me@example.org',
      'To: one@example.org, root',
      'Subject: a Bcc: x@y',
    ]);
    expect(Buffer.from(body, 'base64').toString()).toBe('line 1\n"line 2"\n');
  });

  it('has a subject of any script in encoded words of at most 75 characters', () => {
    const subject = 'Über die Größe der Dateien, und noch viel mehr davon, bis die Zeile zu lang wird 😀';
    const [, folded = ''] =
      /^Subject: ((?:.*\n )*.*)$/m.exec(formatMail({ ...MESSAGE, subject }, ['a'], null)) ?? [];
    const words = folded.split('\n ');
    expect(words.length).toBeGreaterThan(1);
    for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
    expect(words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString()).join('')).toBe(subject);
  });
});
