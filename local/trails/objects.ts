import type { Place } from '../../shared/proof/trail/verdict';
import { uri } from '../../shared/proof/trail/verdict';

/** An object of a bucket, as CloudTrail puts it there. */
export interface TrailObject {
  readonly place: Place;
  /** As stored: gzip. */
  readonly body: Buffer;
  /** The user metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
  readonly versionId?: string;
}

/** By `s3://bucket/key`. Tests change it in place: delete, set, or a tampering of `tamper.ts`. */
export type TrailObjects = Map<string, TrailObject>;

export const addObject = (objects: TrailObjects, object: TrailObject) =>
  objects.set(uri(object.place), object);

/** @throws when there is none, as a test that tampers with nothing proves nothing */
export function objectAt(objects: TrailObjects, place: Place): TrailObject {
  const object = objects.get(uri(place));
  if (object === undefined) throw new Error(`there is no ${uri(place)}`);
  return object;
}
