import type { RuleCatalogue } from '../../mapper/rules/catalogue.js';

/** The README's table of rules, in Markdown. */
export function formatRuleTable({ rules }: RuleCatalogue): string {
  const rows = rules.map(({ name, options, main, does, invalid }) => {
    const keys = Object.keys(options).filter((key) => options[key]?.isInternal !== true);
    if (main !== null) return `| \`${name}: ${main}\` | ${does} | ${invalid ?? 'never'} |`;
    const written = keys.length === 0 ? name : `${name}: { ${keys.join(', ')} }`;
    return `| \`${written}\` | ${does} | ${invalid ?? 'never'} |`;
  });
  return ['| Rule | What it does | Invalid |', '| --- | --- | --- |', ...rows].join('\n');
}
