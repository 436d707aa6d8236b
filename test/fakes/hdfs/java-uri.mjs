/** As java.net.URI writes a path: what a path may hold stays, and so does all that is not ASCII. */
export function asUri(path) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be encoded
  return path.replaceAll(/[\x00-\x20"#%<>?[\\\]^`{|}\x7f]/g, (character) => encodeURIComponent(character));
}
