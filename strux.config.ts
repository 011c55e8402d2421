import { defineConfig } from 'strux-bsp'

// This repository is itself a project: it builds the kiosk template for every board in boards/.
export default defineConfig({
  name: 'kiosk',
  project_version: '0.1.0',
  bsp: 'qemu-x86_64',
  bsps: 'boards/*/bsp.ts',
  application: 'templates/kiosk',
})
