import type { Place } from '../../shared/proof/trail/verdict';
import type { Needs } from './needs';

const DAY_MS = 86_400_000;

/**
 * Whether the bucket's own lifecycle explains that a file is not there any more. Who shortens that changes the bucket,
 * which is another control's concern.
 * @param end of its digest's hour
 */
export async function isExpired(
  { bucket, key, status }: Place & { readonly status: string },
  end: string,
  { sourceOf, now }: Pick<Needs, 'sourceOf' | 'now'>,
): Promise<boolean> {
  if (status !== 'missing') return false;
  const days = await sourceOf(bucket)?.expiryDays(bucket, key);
  return days !== undefined && Date.parse(now()) - Date.parse(end) > days * DAY_MS;
}
