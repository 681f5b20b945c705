import { AppError } from '@tradewind/contracts';

/** What `importing` imports. @throws CONFIG_INVALID when it needs a development package, which an image for production leaves out */
export async function importForDevelopment<T>(importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new AppError('CONFIG_INVALID', 'this command needs development packages: run npm ci in the workspace', { cause });
  }
}
