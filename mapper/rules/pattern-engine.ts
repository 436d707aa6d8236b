import { RE2JS } from 're2js';

/**
 * The engine of regular expressions: RE2, whose time grows with the text alone, whatever the expression, and whose Unicode
 * tables are its own. bin/build.mjs replaces this file, so that only a mapper that has patterns carries and loads it.
 */
export const patternEngine = (): typeof RE2JS => RE2JS;
