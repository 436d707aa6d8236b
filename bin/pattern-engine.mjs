/**
 * The engine of patterns as a function that makes it, so that it costs almost nothing where no pattern is used: it has half
 * the size of a mapper. `bundleMapper` leaves it out of mappers that have no pattern.
 */

/** The module that is replaced, from the project's folder. */
export const ENGINE_ENTRY = 'mapper/rules/pattern-engine.ts';

/** How esbuild bundles it. */
export const ENGINE_OPTIONS = { format: 'cjs', target: 'node18', minify: true, legalComments: 'none' };

/** The bundled module → the function's source, which stands before a mapper's code. */
export const patternEngineOf = (engine) =>
  `function HADOOP_ELT_PATTERNS() { const module = { exports: {} };
${engine}return module.exports.patternEngine();
} // The end of HADOOP_ELT_PATTERNS
`;

/** Makes the engine in a mapper that `patternEngineOf` stands before. */
export const BY_FUNCTION = 'HADOOP_ELT_PATTERNS()';

/** Replaces the module: the engine is made, by this expression, when the first pattern asks for it. */
export const lazyPatternEngine = (expression) => ({
  name: 'lazy-pattern-engine',
  setup(setup) {
    setup.onLoad({ filter: /[\\/]mapper[\\/]rules[\\/]pattern-engine\.ts$/ }, () => ({
      contents: `let engine; export const patternEngine = () => (engine ??= ${expression});`,
      loader: 'js',
    }));
  },
});
