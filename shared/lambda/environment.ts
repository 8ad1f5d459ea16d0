/** @throws Error that names the variable; serverless.yml sets them all, so this is a deployment gone wrong */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`environment variable ${name} is not set: deploy this function by serverless.yml`);
  }
  return value;
}
