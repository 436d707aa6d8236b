/** Texts that `build.mjs` generates and embeds in the program, as functions that return them. */
declare module 'built:mapper-bundle' {
  const source: () => string;
  export default source;
}
declare module 'built:mapper-api' {
  const source: () => string;
  export default source;
}
declare module 'built:version' {
  const version: () => string;
  export default version;
}
declare module 'built:key-program' {
  const source: () => string;
  export default source;
}
declare module 'built:report-charts' {
  const source: () => string;
  export default source;
}
declare module 'built:inspect-thread' {
  const source: () => string;
  export default source;
}
