import { asReported } from '../../shared/tell/alerts/as-reported';

/**
 * Text that others chose, or that may repeat it, as alerts have it; but with its dots. No terminal makes a link of a bare
 * host name, and addresses and names of files are there to be copied.
 */
export const reported = (text: string, maxLength = 400): string =>
  asReported(text, maxLength).replaceAll('[.]', '.');
