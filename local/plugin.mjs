/** The serverless plugin that stands in for AWS while `serverless offline` runs. */
import { tsImport } from 'tsx/esm/api';

const { default: LocalAwsPlugin } = await tsImport('./plugin.ts', import.meta.url);
export default LocalAwsPlugin;
