/** What names of columns say of values that look like something else. */

/** A number that is a time. */
export const TIME_NAME = /time|date|epoch|_at$|(?:^|_)ts$/i;

/** A number that is none. */
export const COUNT_OR_CODE_NAME =
  /(?:^|[^a-z])(?:id|ids|no|nr|num|number|key|code|zip|phone|tel|mobile|fax|account|isbn|ean|upc|sku|amount|price|total|sum|balance|population|count|size|bytes|votes)(?:$|[^a-z])|(?:[a-z]Id|ID)$/i;

/** 1.1 and 1.10 are two versions, though one number; 1.10.12 is no day. */
export const VERSION_NAME = /version|(?:^|[^a-z])ver(?:$|[^a-z])|release|section|chapter|clause/i;
