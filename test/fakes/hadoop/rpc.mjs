/** Accesses the fake YARN through its private interface. @param {string} address of its resourcemanager */
export function createRpc(address) {
  const ask = async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    cluster: () => ask('GET', '/fake/cluster'),
    beginSubmission: (user) => ask('POST', '/fake/submissions', { user }),
    submit: (application) => ask('POST', '/fake/applications', application),
    report: (id) => ask('GET', `/fake/applications/${id}`),
  };
}
