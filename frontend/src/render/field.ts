/** The mass of lines: one WebGL buffer straight from typed arrays, as many drawn as the moment allows. */
import { faded } from '../model/colours'
import { texts } from '../model/texts'
import type { Scene } from '../model/scene'
import { LEGIBLE_MOST, massAlpha } from './drawing'

const VERTEX = `#version 300 es
in vec2 a_corner; in vec2 a_from; in vec2 a_to; in vec4 a_colour; in float a_width;
uniform mat3 u_place; uniform vec2 u_view;
out vec4 v_colour; out float v_across; out float v_half;
void main() {
  vec2 from = (u_place * vec3(a_from, 1.0)).xy;
  vec2 to = (u_place * vec3(a_to, 1.0)).xy;
  vec2 along = to - from;
  float size = max(length(along), 0.001);
  vec2 normal = vec2(-along.y, along.x) / size;
  float half_width = a_width * 0.5 + 0.5;
  vec2 at = mix(from, to, a_corner.x) + normal * a_corner.y * half_width;
  gl_Position = vec4(at.x / u_view.x * 2.0 - 1.0, 1.0 - at.y / u_view.y * 2.0, 0.0, 1.0);
  v_colour = a_colour; v_across = a_corner.y * half_width; v_half = a_width * 0.5;
}`
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_colour; in float v_across; in float v_half; out vec4 o_colour;
void main() {
  float cover = clamp(v_half + 0.5 - abs(v_across), 0.0, 1.0) * v_colour.a;
  o_colour = vec4(v_colour.rgb * cover, cover);
}`

const BYTES = 24
/** Lines in the first frame at rest, and the least and the most that are filled in per frame after it. */
const PIECE = 6_000
const PIECE_LEAST = 2_000
const PIECE_MOST = 50_000
/** A processor's pieces stay small: those on their way are drawn before a movement that begins meanwhile. */
const PIECE_MOST_SOFTWARE = 4_000
/** Filling in may take this long a frame: nothing moves then, but a click should not wait. */
const FILL_MS = 80

/** Maps layout coordinates to pixels of the view: (x, y, 1) → a 3×3 matrix, column by column. */
export type Placing = Float32Array

export class Field {
  readonly #gl: WebGL2RenderingContext
  readonly #place: WebGLUniformLocation | null
  readonly #view: WebGLUniformLocation | null
  readonly #instances: WebGLBuffer
  #count = 0
  #drawn = 0
  #pieceSize = PIECE_LEAST
  readonly #pieceMost: number
  #frame = 0

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
    this.#pieceMost = this.isSoftware ? PIECE_MOST_SOFTWARE : PIECE_MOST
    const program = programOf(gl)
    gl.useProgram(program)
    this.#place = gl.getUniformLocation(program, 'u_place')
    this.#view = gl.getUniformLocation(program, 'u_view')
    const corners = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, corners)
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, -1, 0, 1, 1, -1, 1, 1]), gl.STATIC_DRAW)
    attribute(gl, program, 'a_corner', 2, gl.FLOAT, 0, 0, 0)
    this.#instances = gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances)
    attribute(gl, program, 'a_from', 2, gl.FLOAT, BYTES, 0, 1)
    attribute(gl, program, 'a_to', 2, gl.FLOAT, BYTES, 8, 1)
    attribute(gl, program, 'a_colour', 4, gl.UNSIGNED_BYTE, BYTES, 16, 1)
    attribute(gl, program, 'a_width', 1, gl.FLOAT, BYTES, 20, 1)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE_MINUS_DST_ALPHA, gl.ONE) // under what is there: the weightiest come first and stay on top
  }

  /** Null when the browser has no WebGL 2. */
  static on(canvas: HTMLCanvasElement): Field | null {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, preserveDrawingBuffer: true, premultipliedAlpha: true })
    return gl === null ? null : new Field(gl)
  }

  /** Whether the processor does what a graphics card should. */
  get isSoftware(): boolean {
    const gl = this.#gl
    const info = gl.getExtension('WEBGL_debug_renderer_info')
    const name = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL))
    return /swiftshader|llvmpipe|software|basic render/i.test(name)
  }

  /** How many lines there are, and how many of them are on the screen now. */
  get state(): { readonly count: number; readonly drawn: number } {
    return { count: this.#count, drawn: this.#drawn }
  }

  /** Take over the mass of a scene; positions as x, y per node. */
  load(scene: Scene, positions: Float32Array): void {
    const { pairs } = scene
    const count = Math.max(pairs.order.length - LEGIBLE_MOST, 0)
    this.#count = count
    if (count === 0) return
    const bytes = new ArrayBuffer(count * BYTES)
    const floats = new Float32Array(bytes)
    const colours = new Uint32Array(bytes)
    const alpha = massAlpha(count)
    for (let line = 0; line < count; line++) {
      const pair = pairs.order[line + LEGIBLE_MOST] ?? 0
      const [source, target] = [pairs.sources[pair] ?? 0, pairs.targets[pair] ?? 0]
      const at = line * 6
      floats[at] = positions[source * 2] ?? 0
      floats[at + 1] = positions[source * 2 + 1] ?? 0
      floats[at + 2] = positions[target * 2] ?? 0
      floats[at + 3] = positions[target * 2 + 1] ?? 0
      colours[at + 4] = faded(pairs.colour[pair] ?? 0, alpha)
      floats[at + 5] = Math.min(Math.max(pairs.width[pair] ?? 1, 0.8), 2)
    }
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, this.#instances)
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, bytes, this.#gl.DYNAMIC_DRAW)
  }

  /** Draw anew: with a share (0 to 1) only so much of it, without one the first piece now and the rest a piece a frame. */
  draw(placing: Placing, width: number, height: number, share: number | null): void {
    cancelAnimationFrame(this.#frame)
    if (this.#count === 0 && this.#drawn === 0) return
    const gl = this.#gl
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight)
    gl.uniformMatrix3fv(this.#place, false, placing)
    gl.uniform2f(this.#view, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    this.#drawn = 0
    this.#piece(Math.min(this.#count, share === null ? Math.min(PIECE, this.#pieceMost) : Math.round(share * this.#count)))
    if (share === null) this.#goOn(performance.now())
  }

  kill(): void {
    cancelAnimationFrame(this.#frame)
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #goOn(before: number): void {
    if (this.#drawn >= this.#count) return
    this.#frame = requestAnimationFrame(() => {
      const now = performance.now()
      const next = now - before > FILL_MS ? this.#pieceSize * 0.6 : this.#pieceSize * 1.6
      this.#pieceSize = Math.round(Math.min(Math.max(next, PIECE_LEAST), this.#pieceMost))
      this.#piece(Math.min(this.#pieceSize, this.#count - this.#drawn))
      this.#goOn(now)
    })
  }

  #piece(lines: number): void {
    if (lines <= 0) return
    const gl = this.#gl
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#instances)
    const from = this.#drawn * BYTES
    const program = gl.getParameter(gl.CURRENT_PROGRAM) as WebGLProgram
    attribute(gl, program, 'a_from', 2, gl.FLOAT, BYTES, from, 1)
    attribute(gl, program, 'a_to', 2, gl.FLOAT, BYTES, from + 8, 1)
    attribute(gl, program, 'a_colour', 4, gl.UNSIGNED_BYTE, BYTES, from + 16, 1)
    attribute(gl, program, 'a_width', 1, gl.FLOAT, BYTES, from + 20, 1)
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, lines)
    this.#drawn += lines
  }
}

function attribute(
  gl: WebGL2RenderingContext, program: WebGLProgram, name: string, size: number, type: number, stride: number, offset: number, divisor: number,
): void {
  const place = gl.getAttribLocation(program, name)
  gl.enableVertexAttribArray(place)
  gl.vertexAttribPointer(place, size, type, type === gl.UNSIGNED_BYTE, stride, offset)
  gl.vertexAttribDivisor(place, divisor)
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(type)
    if (shader === null) throw new Error(texts.graph.contextLost)
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) throw new Error(gl.getProgramInfoLog(program) ?? 'WebGL')
  return program
}
