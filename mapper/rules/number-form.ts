/** What a rule writes: numbers in the plain form, or text of people that is not the field's. Absent: what it was given. */
export type Writes = 'plain numbers' | 'other text';

/** What decides how the numbers behind a rule are written. */
interface Writing {
  readonly writes?: Writes | undefined;
}

/** Whether numbers are in the plain form (a point, no groups) behind a rule that was given such ones or not. */
export function arePlainAfter(wasPlain: boolean, { writes }: Writing): boolean {
  return writes === undefined ? wasPlain : writes === 'plain numbers';
}

/** The rules of a list, each as it reads the numbers that it is given, and whether those behind the last one are plain. */
export function readingInTurn<Item, Read>(
  items: readonly Item[],
  startsPlain: boolean,
  { writingOf, read }: { writingOf(item: Item): Writing; read(item: Item, arePlain: boolean): Read },
): { readonly read: readonly Read[]; readonly endsPlain: boolean } {
  let arePlain = startsPlain;
  const all = items.map((item) => {
    const one = read(item, arePlain);
    arePlain = arePlainAfter(arePlain, writingOf(item));
    return one;
  });
  return { read: all, endsPlain: arePlain };
}
