type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The address of the proxy for another one; null: none. HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY decide, as with curl, in
 * lower case too.
 */
export function proxyFor(url: URL, env: Environment): string | null {
  const value = (name: string) => env[name.toLowerCase()] || env[name] || '';
  const own = value(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || value('ALL_PROXY');
  if (own === '' || isDirect(url, value('NO_PROXY'))) return null;
  return /^[a-z]+:\/\//i.test(own) ? own : `http://${own}`;
}

/** `*`, or names of hosts and of the domains above them, with a port or without. */
function isDirect({ hostname, port, protocol }: URL, direct: string): boolean {
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return direct
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wantedPort !== undefined && wantedPort !== ownPort) return false;
      const domain = name.replace(/^\*?\.?/, '').toLowerCase();
      const host = hostname.toLowerCase();
      return host === domain || host.endsWith(`.${domain}`);
    });
}
