/** Encodes a path like java.net.URI: valid path characters and non-ASCII characters stay as they are. */
export function asUri(path) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be encoded
  return path.replaceAll(/[\x00-\x20"#%<>?[\\\]^`{|}\x7f]/g, (character) => encodeURIComponent(character));
}
