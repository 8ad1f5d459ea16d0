import { gunzipSync, gzipSync } from 'node:zlib';
import type { Place } from '../../shared/proof/trail/verdict';
import { addObject, objectAt, type TrailObject, type TrailObjects } from './objects';

/** What somebody with write access to the bucket can do to a file. Each names what it leaves as it was. */

const change = (objects: TrailObjects, place: Place, to: (object: TrailObject) => Partial<TrailObject>) => {
  const object = objectAt(objects, place);
  addObject(objects, { ...object, ...to(object) });
};

export function deleteFile(objects: TrailObjects, place: Place): void {
  objectAt(objects, place);
  objects.delete(`s3://${place.bucket}/${place.key}`);
}

/** Other stored bytes; the metadata stay. */
export const alterStored = (objects: TrailObjects, place: Place, alter: (stored: Buffer) => Buffer) =>
  change(objects, place, ({ body }) => ({ body: alter(body) }));

/** Other content, properly compressed; the metadata stay, so a digest keeps a signature that is no longer its own. */
export const alterContent = (objects: TrailObjects, place: Place, alter: (content: string) => string) =>
  alterStored(objects, place, (stored) => gzipSync(alter(gunzipSync(stored).toString('utf8'))));

/** Another level of compression: other stored bytes, the same content. */
export const recompress = (objects: TrailObjects, place: Place) =>
  alterStored(objects, place, (stored) => gzipSync(gunzipSync(stored), { level: 1, memLevel: 1 }));

export const alterMetadata = (
  objects: TrailObjects,
  place: Place,
  alter: (metadata: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
) => change(objects, place, ({ metadata }) => ({ metadata: alter(metadata) }));

/** The signature's last byte is another; it is still hex. */
export const flipSignature = (objects: TrailObjects, place: Place) =>
  alterMetadata(objects, place, (metadata) => {
    const { signature = '' } = metadata;
    const last = Number.parseInt(signature.slice(-2), 16) ^ 1;
    return { ...metadata, signature: signature.slice(0, -2) + last.toString(16).padStart(2, '0') };
  });

/** As a copy that leaves out the metadata does. */
export const dropMetadata = (objects: TrailObjects, place: Place) =>
  alterMetadata(objects, place, () => ({}));

/** A genuine file, its metadata too, over another one. */
export function copyOver(objects: TrailObjects, from: Place, to: Place): void {
  const { body, metadata } = objectAt(objects, from);
  change(objects, to, () => ({ body, metadata }));
}
