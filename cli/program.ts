import type { Platform } from '../core/platform';
import type { Load } from './overlays';

/** What the program is made of, given by its entry. */
export interface Program {
  /** Folder that holds overlays/ and dist/. */
  readonly root: string;
  readonly platform: Platform;
  readonly load: Load;
}
