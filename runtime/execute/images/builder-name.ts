/** Names and labels of builder images in the engine. */
import type { BuilderRecipe, BuilderRef } from '../../model/plan.ts'
import { recipeKey } from '../../plan/builder.ts'

const REPOSITORY = 'strux-builder'
export const LABEL = 'strux.builder'
export const RECIPE_LABEL = 'strux.builder.recipe'
export const PACKAGES_LABEL = 'strux.builder.packages'

/** The image tag of a recipe. Recipes that are equal up to a layer share the tag for that layer. */
export function builderTag(recipe: BuilderRecipe): string {
  return `${REPOSITORY}:${recipeKey(recipe).slice(0, 16)}`
}

/** The image's name in the engine. */
export function builderName(builder: BuilderRef): string {
  return builder.kind === 'named' ? builder.image : builderTag(builder.recipe)
}
