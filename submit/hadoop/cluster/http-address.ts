/** An address without a comma in it: several are a list, never one text. */
export const HTTP_ADDRESS = /^https?:\/\/[^/\s,]+(\/[^\s,]*)?$/;

/** What a flag or a variable holds, `http://a:9870,http://b:9870` → its addresses, not validated yet. */
export function splitAddresses(text: string): readonly string[] {
  return text.split(',').map((address) => address.trim());
}
