/** The mass of lines: one WebGL buffer straight from typed arrays, as many drawn as the moment allows. */
import { faded } from '../model/colours'
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
  float half_width = a_width * 0.5 + 0.7;
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
/** Lines per frame while the rest is filled in: about 20 ms in software, so that no click waits long. */
const PIECE = 4_000
const LEAST_MOVING = 800
const SMOOTH_MS = 34

/** Maps layout coordinates to pixels of the view: (x, y, 1) → a 3×3 matrix, column by column. */
export type Placing = Float32Array

export class Field {
  readonly #gl: WebGL2RenderingContext
  readonly #place: WebGLUniformLocation | null
  readonly #view: WebGLUniformLocation | null
  readonly #instances: WebGLBuffer
  #count = 0
  #drawn = 0
  #whileMoving = 5_000
  #frame = 0
  #lastFrame = 0

  private constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl
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
      floats[at + 5] = Math.min(pairs.width[pair] ?? 1, 3)
    }
    this.#gl.bindBuffer(this.#gl.ARRAY_BUFFER, this.#instances)
    this.#gl.bufferData(this.#gl.ARRAY_BUFFER, bytes, this.#gl.DYNAMIC_DRAW)
  }

  /** Draw anew: while moving only what stays smooth, at rest the same first and the rest in pieces, a piece a frame. */
  draw(placing: Placing, width: number, height: number, isMoving: boolean): void {
    cancelAnimationFrame(this.#frame)
    this.#adapt(isMoving)
    const gl = this.#gl
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight)
    gl.uniformMatrix3fv(this.#place, false, placing)
    gl.uniform2f(this.#view, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    this.#drawn = 0
    this.#piece(Math.min(this.#count, isMoving ? this.#whileMoving : PIECE))
    if (!isMoving) this.#goOn()
  }

  kill(): void {
    cancelAnimationFrame(this.#frame)
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #goOn(): void {
    if (this.#drawn >= this.#count) return
    this.#frame = requestAnimationFrame(() => {
      this.#piece(Math.min(PIECE, this.#count - this.#drawn))
      this.#goOn()
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

  /** More lines while frames come quickly, fewer when they do not. */
  #adapt(isMoving: boolean): void {
    const now = performance.now()
    const took = now - this.#lastFrame
    this.#lastFrame = now
    if (!isMoving || took > 1_000) return
    const next = took > SMOOTH_MS ? this.#whileMoving * 0.75 : this.#whileMoving * 1.1
    this.#whileMoving = Math.round(Math.min(Math.max(next, LEAST_MOVING), Math.max(this.#count, LEAST_MOVING)))
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
    if (shader === null) throw new Error('The WebGL context is lost')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) throw new Error(gl.getProgramInfoLog(program) ?? 'WebGL')
  return program
}
