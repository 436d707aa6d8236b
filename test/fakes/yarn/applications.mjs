import { Application } from './application.mjs';
import { JobConf } from './job-conf.mjs';

/** The applications of the cluster, by id. */
export class Applications {
  startedMs = Date.now();
  #count = 0;
  #known = new Map();

  newId() {
    this.#count += 1;
    return `application_${this.startedMs}_${String(this.#count).padStart(4, '0')}`;
  }

  /** Accepts and starts an application, or returns the reason for refusing it. */
  submit({ properties, ...options }, services) {
    const application = new Application({ ...options, conf: new JobConf(properties) });
    this.add(application);
    if (!application.accept()) return application.diagnostics;
    void application.run(services);
    return null;
  }

  add(application) {
    this.#known.set(application.id, application);
  }

  find(id) {
    return this.#known.get(id);
  }

  /** @param {{ tags: string[], states: string[], users: string[] }} wanted an empty list means any */
  list({ tags, states, users }) {
    return [...this.#known.values()].filter(
      (application) =>
        (tags.length === 0 || tags.some((tag) => application.tags.includes(tag))) &&
        (states.length === 0 || states.includes(application.state)) &&
        (users.length === 0 || users.includes(application.user)),
    );
  }

  all() {
    return [...this.#known.values()];
  }
}
