/** `npm start`: the whole app on this machine, with a short scenario. */
import { tsImport } from 'tsx/esm/api';

const { start } = await tsImport('./start.ts', import.meta.url);
start();
