/** The page: facts about the device (window.strux), the time, and the backend's status (/api/status). */

interface Status {
  readonly message: string
  readonly kernel: string
  readonly uptime: number
  readonly memory: number
  readonly available: number
  readonly go: string
}

const element = (id: string) => document.getElementById(id)!
const show = (id: string, text: string) => {
  element(id).textContent = text
}

function showDevice(): void {
  const { strux } = window
  if (!strux) {
    show('board', 'In a browser')
    return
  }
  show('name', strux.project.name ?? 'Kiosk')
  show('board', strux.board.name ?? strux.board.hostname)
  show('arch', strux.board.arch ?? '')
  for (const [name, version] of Object.entries(strux.versions)) addRow(name, version ?? '–')
}

function addRow(name: string, value: string): void {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')]
  term.textContent = name
  description.textContent = value
  element('versions').append(term, description)
}

function showTime(): void {
  const now = new Date()
  show('clock', [now.getHours(), now.getMinutes()].map(each => String(each).padStart(2, '0')).join(':'))
  // Only when it changes: a screen that stands still costs nothing.
  setTimeout(showTime, 60_000 - (now.getTime() % 60_000))
}

async function askBackend(): Promise<void> {
  try {
    const response = await fetch('/api/status')
    if (!response.ok) throw new Error(`status ${response.status}`)
    const status: Status = await response.json()
    show('message', status.message)
    show('details', `Go ${status.go} · Linux ${status.kernel} · ${status.memory} MB`)
    document.body.classList.toggle('connected', window.strux !== undefined)
  } catch {
    show('message', 'The backend does not answer.')
    document.body.classList.remove('connected')
  }
  setTimeout(askBackend, 10_000)
}

showDevice()
showTime()
askBackend()
