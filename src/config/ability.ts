// What not every runtime can do.

/** What `aigw run` has, and a runtime that serves the module by itself may lack. */
export type Ability =
  /** Own CAs, names and unverified certificates, the `Host` header, Unix sockets, time limits for connecting. */
  | 'transport'
  /** Several ports, and time limits for clients' connections. */
  | 'listeners'
  | 'access-logs'
  /** The places where tools of AWS and Google Cloud leave credentials. */
  | 'credential-chains'
