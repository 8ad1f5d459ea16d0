/** More than any account may have: whoever still has a page then turns in a circle. */
const MOST_PAGES = 1000;

class EndlessList extends Error {
  override readonly name = 'EndlessList';
}

/**
 * Reads a list to its end.
 * @param read the page behind a token, with the token of the next one
 * @throws EndlessList: what is not whole must not be taken for all
 */
export async function everyPage<T>(
  read: (token: string | undefined) => Promise<readonly [T[] | undefined, string | undefined]>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const [found = [], next] = await read(token);
    all.push(...found);
    if (!next) return all;
    if (next === token) break;
    token = next;
  }
  throw new EndlessList('AWS lists without an end');
}
