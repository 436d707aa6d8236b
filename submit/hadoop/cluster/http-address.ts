/** One http address. It contains no comma, because commas separate addresses. */
export const HTTP_ADDRESS = /^https?:\/\/[^/\s,]+(\/[^\s,]*)?$/;

/** The value of a flag or variable, `http://a:9870,http://b:9870` → its addresses, not validated. */
export function splitAddresses(text: string): readonly string[] {
  return text.split(',').map((address) => address.trim());
}
