import { defineConfig } from 'strux-bsp'

// This repository is itself a project: npm start builds it.
export default defineConfig({
  name: 'strux-examples',
  project_version: '0.1.0',
  bsp: 'data-card',
  bsps: 'boards/*/bsp.ts',
})
