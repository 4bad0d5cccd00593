// The region that a Bedrock host stands for: a signature for any other is refused
// (https://docs.aws.amazon.com/general/latest/gr/bedrock.html).

const bedrockHost =
  /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:(?:vpce\.)?amazonaws\.com(?:\.cn)?|api\.aws)$/

/** The region in the host's name, else the configured one. `host` has no port. */
export function regionOfHost(host: string, configured: string): string {
  return bedrockHost.exec(host.toLowerCase())?.[1] ?? configured
}
