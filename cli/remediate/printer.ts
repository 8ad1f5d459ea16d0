import { jsonLine, jsonText } from '../json-text';
import type { Format } from '../redrive/render';
import type { Shell } from '../shell';
import { pageText, type Section } from '../show/page';
import { styleOf } from '../table';

/** What comes out, thing by thing: as pages and lines at once, or at the end as one document with a member for each. */
export interface Printer {
  add(kind: string, record: object, sections: readonly Section[]): void;
  end(): void;
}

export function printerFor(format: Format, { out, env }: Shell): Printer {
  switch (format) {
    case 'ndjson':
      return {
        add: (kind, record) => out.write(jsonLine({ kind, ...record })),
        end: () => undefined,
      };
    case 'json': {
      const document: Record<string, object> = {};
      return {
        add(kind, record) {
          document[kind] = record;
        },
        end() {
          if (Object.keys(document).length > 0) out.write(jsonText(document));
        },
      };
    }
    case 'text': {
      let isFirst = true;
      return {
        add(_kind, _record, sections) {
          out.write(`${isFirst ? '' : '\n'}${pageText(sections, styleOf(out, env))}\n`);
          isFirst = false;
        },
        end: () => undefined,
      };
    }
  }
}
