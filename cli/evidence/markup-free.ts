import { asReported } from '../../shared/tell/alerts/as-reported';

/** Text as reported, in Markdown: no markup whatever it is. */
export const markupFree = (text: string): string => `\`${asReported(text, 1500)}\``;

/** A path of the folder or a place in S3: as it is, where all of it is plain. */
export const pathText = (text: string): string =>
  /^[\w./:@+=,-]+$/.test(text) ? `\`${text}\`` : markupFree(text);
