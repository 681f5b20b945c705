import type { Output } from '../command';

export type ServerName = 'kafka' | 'redis' | 'postgres';
export const SERVER_NAMES: readonly ServerName[] = ['kafka', 'redis', 'postgres'];

/** A program to start: `uid`/`gid` when it must not run as root. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

export interface ServerContext {
  /** The server's own folder under the stack's; exists. */
  readonly dir: string;
  readonly port: number;
  readonly note: Output['note'];
}

/** One backing service as a local process. */
export interface LocalServer {
  readonly name: ServerName;
  readonly defaultPort: number;
  /** The environment setting that names it, and its value. */
  readonly setting: string;
  settingValue(port: number): string;
  /** Gets the program and an initialised data folder, as far as missing, and says how to start it. @throws CONFIG_INVALID with the remedy */
  prepare(context: ServerContext): Promise<Launch>;
  /** True once clients are served. */
  isReady(port: number): Promise<boolean>;
  /** Removes the data that lies outside `dir`. */
  wipe?(dir: string): void;
  /** Signal that stops it in order, without waiting for clients. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}
