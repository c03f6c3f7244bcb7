/** Ends the work of a request whose client has disconnected. Nobody receives a response. */
export class ClientDisconnected extends Error {
  constructor() {
    super('The client has disconnected.');
  }
}
