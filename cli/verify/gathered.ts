import type { Output } from '../shell';

const WRITTEN_AT_ONCE = 64 * 1024;

/** Gathers lines, as writing each by itself takes longer than finding out what it says. */
export function gathered(output: Output): { write(text: string): void; flush(): void } {
  let text = '';
  const flush = () => {
    if (text !== '') output.write(text);
    text = '';
  };
  return {
    write(more) {
      text += more;
      if (text.length >= WRITTEN_AT_ONCE) flush();
    },
    flush,
  };
}
