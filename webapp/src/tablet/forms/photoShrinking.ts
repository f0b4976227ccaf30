/** Photos are made small before they are kept: days of work must fit on the tablet and go out over a weak network. */

export const LONGEST_SIDE_PX = 1600
const QUALITY = 0.85
/** A JPEG of this size that is small enough already is left alone, with what the camera wrote into it. */
const SMALL_BYTES = 700_000

/** Returns a JPEG of at most `longest` pixels on its long side. Throws where the file is no picture the browser can read. */
export async function shrinkPhoto(file: Blob, longest = LONGEST_SIDE_PX): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const factor = Math.min(1, longest / Math.max(picture.width, picture.height))
    if (factor === 1 && file.type === 'image/jpeg' && file.size <= SMALL_BYTES) return file
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(picture.width * factor))
    canvas.height = Math.max(1, Math.round(picture.height * factor))
    const pen = canvas.getContext('2d')
    if (!pen) throw new Error('no canvas')
    // Transparent pictures would turn black as JPEG.
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
    return await asBlob(canvas, 'image/jpeg', QUALITY)
  } finally {
    picture.close()
  }
}

export function asBlob(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), type, quality)
  })
}
