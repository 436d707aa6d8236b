import type { Message } from './message.js';

const PLACEHOLDER = /\{(\w+)\}/g;

/** A JSON template with `{subject}` and the like in its texts → JSON of a message. Other braces stay. */
export function fillTemplate(template: unknown, message: Message): unknown {
  if (typeof template === 'string') {
    return template.replaceAll(PLACEHOLDER, (whole, name: string) =>
      name in message ? String(message[name as keyof Message] ?? '') : whole,
    );
  }
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, message));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillTemplate(value, message)]),
  );
}
