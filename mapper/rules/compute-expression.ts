/** Expressions of `compute`: `+ - * /` and parentheses over columns and numbers. */
import type { TextFlaw } from './options.js';
import { plainDecimal } from './plain-decimal.js';

/** A parsed expression. */
export type Expression =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'column'; readonly column: string | number }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };
export type Operator = '+' | '-' | '*' | '/';

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly flaw: TextFlaw };

/** Deeper ones could overflow the stack. */
const MOST_PARENTHESES = 100;
const LONGEST = 10_000;

const ACCEPTED =
  'columns, numbers, + - * / and parentheses: (Total Revenue - Total Cost) / 2; a name with one of these signs, or with % or ^ inside, in quotes, "Net-Price"';

class Refused extends Error {}

/** Parses an expression. A column is its name, bare or in quotes of any kind, or its 0-based index, `[2]`. Compiled when first called (bin/later-modules.mjs). */
export function parseExpression(text: string): ParsedExpression {
  try {
    if (text.length > LONGEST) throw new Refused('The expression is too long');
    return { ok: true, expression: new Parser(tokensOf(text)).parse() };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, flaw: { message: error.message, accepted: ACCEPTED } };
  }
}

/** The columns of an expression, each once. Compiled when first called (bin/later-modules.mjs). */
export function columnsIn(expression: Expression): (string | number)[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'column':
      return [expression.column];
    case 'negative':
      return columnsIn(expression.of);
    case 'operation':
      return [...new Set([...columnsIn(expression.left), ...columnsIn(expression.right)])];
  }
}

interface Token {
  readonly kind: 'sign' | 'word' | 'name';
  readonly text: string;
  /** 1-based place of its first character. */
  readonly place: number;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const shape = /\s*(?:([-+*/()])|"([^"]*)"|'([^']*)'|`([^`]*)`|([^-+*/()"'`]+))/y;
  while (shape.lastIndex < text.trimEnd().length) {
    const at = shape.lastIndex;
    const match = shape.exec(text);
    const place = at + (/\S/.exec(text.slice(at))?.index ?? 0) + 1;
    if (match === null) {
      throw new Refused(`A quote at character ${place} is not closed: ${text.slice(at).trim()}`);
    }
    const [, sign, double, single, back, word] = match;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, place });
    else if (word !== undefined) tokens.push({ kind: 'word', text: soundWord(word.trim(), place), place });
    else tokens.push({ kind: 'name', text: double ?? single ?? back ?? '', place });
  }
  return tokens;
}

/** A number or the name of a column. What other languages would read otherwise would else be a column that is not there. */
function soundWord(word: string, place: number): string {
  if (/^\d[\d.,]*,\d+$/.test(word)) {
    throw new Refused(
      `"${word}" at character ${place} is no number: numbers here have a point, such as 1.5, and no groups`,
    );
  }
  for (const { 0: sign, index } of word.matchAll(/[%^]/g)) {
    const [before, after] = [word.slice(0, index).trim(), word.slice(index + 1).trim()];
    // Growth %, % of all
    const isOfName =
      sign === '%' && (after === '' ? !/^[\d.]+$/.test(before) : before === '' && !/^\d/.test(after));
    if (!isOfName) throw new Refused(`"${sign}" at character ${place + index} is no operator`);
  }
  return word;
}

/** Sums of products of operands, from left to right. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#sum();
    const left = this.#tokens[this.#at];
    if (left !== undefined) {
      throw new Refused(`"${left.text}" at character ${left.place} stands where + - * or / is expected`);
    }
    return expression;
  }

  #sum(): Expression {
    let left = this.#product();
    for (let operator = this.#take('+', '-'); operator !== null; operator = this.#take('+', '-')) {
      left = { kind: 'operation', operator: operator as Operator, left, right: this.#product() };
    }
    return left;
  }

  #product(): Expression {
    let left = this.#operand();
    for (let operator = this.#take('*', '/'); operator !== null; operator = this.#take('*', '/')) {
      left = { kind: 'operation', operator: operator as Operator, left, right: this.#operand() };
    }
    return left;
  }

  #operand(): Expression {
    if (++this.#depth > MOST_PARENTHESES)
      throw new Refused('The expression has too many signs or parentheses');
    try {
      const sign = this.#take('-', '+', '(');
      if (sign === '-') return { kind: 'negative', of: this.#operand() };
      if (sign === '+') return this.#operand();
      if (sign === '(') {
        const inner = this.#sum();
        if (this.#take(')') === null) throw new Refused('A parenthesis is not closed');
        return inner;
      }
      return this.#value();
    } finally {
      this.#depth--;
    }
  }

  #value(): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Refused('The expression ends where a column or a number is expected');
    const { kind, text } = token;
    if (kind === 'sign') {
      throw new Refused(
        `"${text}" at character ${token.place} stands where a column or a number is expected`,
      );
    }
    if (kind === 'word' && plainDecimal(text) !== null) return { kind: 'number', text };
    const index = kind === 'word' ? /^\[\s*(\d{1,6})\s*\]$/.exec(text)?.[1] : undefined;
    return { kind: 'column', column: index === undefined ? text : Number(index) };
  }

  #take(...signs: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !signs.includes(token.text)) return null;
    this.#at++;
    return token.text;
  }
}
