# The demo's stages as files, for `make demo`. A finished stage is kept. One whose recipe or whose start is newer is begun
# anew. An interrupted one continues from its checkpoint.
#
# A stage's folder holds the recipe it was trained by (the one in Apps/train/recipes/world, with this DEMO's paths), the
# trainer's files, model/, and `finished`. The target `t5` puts T5 in OPT's place. Set DEMO (the folder) and SEED; OPTIONS
# goes to `train --options`, WORLD to `world`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all t5

programs := .build/release
recipes := Apps/train/recipes/world
arms := pformer baseline
settings := $(strip run.seed=$(SEED) $(OPTIONS))
backbones := $(DEMO)/vision/finished $(DEMO)/language/finished
# The family of language models that the goal puts in front.
family := $(if $(filter t5,$(MAKECMDGOALS)),_t5)

.DEFAULT_GOAL := all

# Both arms start from the backbones, and one from stage 0, so these are trained one after the other by all processors, and
# the arms then side by side by half of them each. Neither changes a bit of any model.
processors := $(shell nproc)
half := $(shell echo $$((($(processors) + 1) / 2)))
export OMP_NUM_THREADS = $(half)
$(backbones) $(DEMO)/stage0/finished: export OMP_NUM_THREADS = $(processors)
$(DEMO)/language_t5/finished $(DEMO)/stage0_t5/finished: export OMP_NUM_THREADS = $(processors)
$(DEMO)/vision/finished: | $(DEMO)/language$(family)/finished
$(DEMO)/baseline/stage1/finished: | $(DEMO)/stage0$(family)/finished
$(DEMO)/baseline/stage2_t5/finished: | $(DEMO)/stage0_t5/finished

$(DEMO)/world/finished:
	$(programs)/world --output $(@D) $(WORLD)
	@touch $@

# Changes when the settings do, and everything is then trained anew.
ifneq ($(file <$(DEMO)/settings),$(settings))
$(shell mkdir -p $(DEMO))
$(file >$(DEMO)/settings,$(settings))
endif

# What each stage starts from. $(begin) empties its folder, because what lies there came from another start.
$(DEMO)/vision/recipe.yaml: $(recipes)/vision.yaml $(DEMO)/world/finished $(DEMO)/settings
	@$(begin)
$(DEMO)/language/recipe.yaml: $(recipes)/language.yaml $(DEMO)/world/finished $(DEMO)/settings
	@$(begin)
$(DEMO)/stage0/recipe.yaml: $(recipes)/stage0.yaml $(backbones)
	@$(begin)
$(DEMO)/pformer/stage1/recipe.yaml: $(recipes)/stage1_pformer.yaml $(backbones) $(DEMO)/stage0/finished
	@$(begin)
$(DEMO)/baseline/stage1/recipe.yaml: $(recipes)/stage1.yaml $(DEMO)/vision/finished
	@$(begin)
$(DEMO)/pformer/stage2/recipe.yaml: $(recipes)/stage2_pformer.yaml $(DEMO)/pformer/stage1/finished
	@$(begin)
$(DEMO)/baseline/stage2/recipe.yaml: $(recipes)/stage2.yaml $(DEMO)/baseline/stage1/finished
	@$(begin)
$(DEMO)/pformer/finetune/recipe.yaml: $(recipes)/finetune_pformer.yaml $(DEMO)/pformer/stage2/finished
	@$(begin)
$(DEMO)/baseline/finetune/recipe.yaml: $(recipes)/finetune.yaml $(DEMO)/baseline/stage2/finished
	@$(begin)

# The same in front of T5. Alignment in stage 1 is for OPT alone: both arms go on from plain stage 1.
$(DEMO)/language_t5/recipe.yaml: $(recipes)/language_t5.yaml $(DEMO)/world/finished $(DEMO)/settings
	@$(begin)
$(DEMO)/stage0_t5/recipe.yaml: $(recipes)/stage0_t5.yaml $(DEMO)/vision/finished $(DEMO)/language_t5/finished
	@$(begin)
$(DEMO)/pformer/stage2_t5/recipe.yaml: $(recipes)/stage2_pformer_t5.yaml $(DEMO)/baseline/stage1/finished \
    $(DEMO)/stage0_t5/finished
	@$(begin)
$(DEMO)/baseline/stage2_t5/recipe.yaml: $(recipes)/stage2_t5.yaml $(DEMO)/baseline/stage1/finished \
    $(DEMO)/language_t5/finished
	@$(begin)
$(DEMO)/pformer/finetune_t5/recipe.yaml: $(recipes)/finetune_pformer_t5.yaml $(DEMO)/pformer/stage2_t5/finished
	@$(begin)
$(DEMO)/baseline/finetune_t5/recipe.yaml: $(recipes)/finetune_t5.yaml $(DEMO)/baseline/stage2_t5/finished
	@$(begin)

begin = rm -rf $(@D) && mkdir -p $(@D) && sed 's|\.demo/|$(DEMO)/|g' $< >$@

# Trains a stage.
%/finished: %/recipe.yaml
	$(programs)/train --cfg-path $< --output-dir $(@D) --options $(settings) --resume
	@touch $@

# Captions the test pictures. COCO's captions have eight tokens or more; the small world's begin at three words.
$(arms:%=$(DEMO)/%/predictions.json): %/predictions.json: %/finetune/finished
	$(captions)
$(arms:%=$(DEMO)/%/predictions_t5.json): %/predictions_t5.json: %/finetune_t5/finished
	$(captions)

captions = $(programs)/evaluate captions --model $(<D)/model --images $(DEMO)/world/images --output $@ \
    --references $(DEMO)/world/annotations/coco_karpathy_test.json --min-length 1

# The end, told again each time.
all: $(arms:%=$(DEMO)/%/predictions.json)
	@$(programs)/judge --world $(DEMO)/world --pformer $(DEMO)/pformer/predictions.json \
	    --baseline $(DEMO)/baseline/predictions.json --output $(DEMO) \
	    --command '$(programs)/caption --model $(DEMO)/pformer/finetune/model --min-length 1 your.jpg'

t5: $(arms:%=$(DEMO)/%/predictions_t5.json)
	@mkdir -p $(DEMO)/t5
	@$(programs)/judge --world $(DEMO)/world --pformer $(DEMO)/pformer/predictions_t5.json \
	    --baseline $(DEMO)/baseline/predictions_t5.json --output $(DEMO)/t5 \
	    --command '$(programs)/caption --model $(DEMO)/pformer/finetune_t5/model --min-length 1 your.jpg'
