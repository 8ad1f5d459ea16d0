import type { ChainId } from '../../shared/proof/trail/verdict';
import { nameOf } from './outcome';

/** Another message was verifying the same chain, and wrote first: transient, to be tried again. */
export class ChainContended extends Error {
  override readonly name = 'ChainContended';

  constructor(chain: ChainId) {
    super(`chain ${nameOf(chain)} was written by another message meanwhile`);
  }
}
