/** Copying to the clipboard, which a browser only allows on secure origins: elsewhere by a selected field. */

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  // deprecated, and the only way on http:// without localhost
  const copied = document.execCommand('copy') // eslint-disable-line @typescript-eslint/no-deprecated
  field.remove()
  return copied
}
